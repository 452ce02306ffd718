"""Pictures: upload, metadata, credit, renditions, placeholders."""
