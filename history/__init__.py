"""The body itself and its timeline. May import intmk.base and what lies below it."""
