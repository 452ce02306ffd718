"""The site for programs: API, exports, feeds, sitemap, pictures of shared links. May import pages and below."""
