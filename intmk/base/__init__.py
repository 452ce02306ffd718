"""What every page stands on: form and panels, blocks, glossary, sources, drafts and proposals.

May import media and what lies below it.
"""
