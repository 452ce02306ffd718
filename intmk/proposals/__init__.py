"""What a Land proposes for a page that was ever public, apart from it. May import base, media, users, language."""
