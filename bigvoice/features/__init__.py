"""Sound to numbers: spectrogram, mel, MFCC; pure functions on arrays."""
