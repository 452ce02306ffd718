"""Videos: upload, captions, transcript, player."""
