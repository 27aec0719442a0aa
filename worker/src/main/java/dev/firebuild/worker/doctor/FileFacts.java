package dev.firebuild.worker.doctor;

/**
 * What lies at a path.
 *
 * @param mode type and permissions, as in inode(7)
 */
record FileFacts(int mode, int uid, int gid) {
  private static final int TYPE = 0170000;
  private static final int FOLDER = 0040000;
  private static final int CHARACTER_DEVICE = 0020000;
  private static final int STICKY = 01000;
  private static final int GROUP_WRITES = 0020;
  private static final int GROUP_USES = 0060;
  private static final int OTHERS_WRITE = 0002;

  boolean isFolder() {
    return (mode & TYPE) == FOLDER;
  }

  boolean isCharacterDevice() {
    return (mode & TYPE) == CHARACTER_DEVICE;
  }

  /** In such a folder nobody removes or renames what belongs to others. */
  boolean isSticky() {
    return (mode & STICKY) != 0;
  }

  boolean isWrittenByOthers() {
    return (mode & OTHERS_WRITE) != 0;
  }

  /** Whether who is of its group may read and write it. */
  boolean isUsedByGroup() {
    return (mode & GROUP_USES) == GROUP_USES && gid != 0;
  }

  /** Whether somebody writes to it who is neither its owner nor root. */
  boolean isWrittenByMore() {
    return isWrittenByOthers() || ((mode & GROUP_WRITES) != 0 && gid != 0);
  }

  /** As ls(1) has it: {@code 0755 root:root} in numbers. */
  @Override
  public String toString() {
    return "%04o %d:%d".formatted(mode & 07777, uid, gid);
  }
}
