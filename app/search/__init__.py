"""Finding things by words: what is looked through, how it is kept up to date, and the page that looks."""
