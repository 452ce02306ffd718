"""Files: pictures, documents, videos; who may see them, and how they are kept. May import users, language, server."""
