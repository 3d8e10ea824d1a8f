"""Pages of pairing: who fits whom, rounds, offers, and the pairs themselves. One file each."""
