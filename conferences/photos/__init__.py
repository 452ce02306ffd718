"""Many photos in one go: onto the page of a conference, and into the library."""
