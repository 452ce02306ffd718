"""What every page stands on: form and panels, blocks, glossary, sources, drafts.

May import media and what lies below it.
"""
