"""From texts of news to announcements, with the words that give each field. English and Chinese."""
