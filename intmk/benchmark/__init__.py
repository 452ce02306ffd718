"""An invented archive by which the site is measured. May import conferences and below."""
