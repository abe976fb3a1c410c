"""Who spoke when: speech detection, windows, clustering, smoothing into turns."""
