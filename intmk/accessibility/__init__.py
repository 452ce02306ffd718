"""The declaration of accessibility and the reports of barriers. May import conferences and below."""
