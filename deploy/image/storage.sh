# Where buildah keeps the images of this source tree, apart from the machine's. Source it.

# Whole copies in place of overlays: they work on every file system, and without a kernel's leave.
buildah_here() {
  mkdir -p var/image
  buildah --root "$PWD/var/image/storage" --runroot "$PWD/var/image/run" --storage-driver vfs "$@"
}
