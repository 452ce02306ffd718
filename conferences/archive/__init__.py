"""What readers find resolutions by: lists, filters, statistics, Länder, themes. May import models and rules."""
