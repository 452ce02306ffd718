"""Pictures: upload, metadata, credit, renditions."""
