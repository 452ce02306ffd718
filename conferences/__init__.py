"""The conferences, their resolutions and who chairs them."""
