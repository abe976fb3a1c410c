// Start: everything of this page comes to life, in the order in which it needs each other.

wireSearch();
wireSpeakers();
if (audio) {
  wireSound();
  wireFollow();
}
wireLinks();
document.addEventListener("keydown", act);
