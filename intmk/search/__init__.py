"""The search of readers: index, questions, answers. May import conferences and below."""
