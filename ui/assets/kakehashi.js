// Comfort for pages that already work.
