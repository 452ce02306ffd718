"""Documents: upload, the text of a PDF and what nobody sees of it, versions."""
