"""Addresses that never break: old ones, former ones, other writings, suggestions. May import conferences and below."""
