"""The leader of a session, as a shell is: starts a program on the terminal, in its own group, and says how it ended.

Its first argument is the file descriptor that it answers on, a line each: the program's process, its exit status. Its
second is one that it reads until it is closed before it ends, so that the terminal stays as the program left it.
"""

import fcntl
import os
import signal
import sys
import termios

said, held = int(sys.argv[1]), int(sys.argv[2])
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
for number in (signal.SIGTTOU, signal.SIGTTIN, signal.SIGTSTP, signal.SIGINT, signal.SIGQUIT, signal.SIGHUP):
    signal.signal(number, signal.SIG_IGN)
child = os.fork()
if child == 0:
    os.setpgid(0, 0)
    os.tcsetpgrp(0, os.getpgrp())
    for number in (signal.SIGTTOU, signal.SIGTTIN, signal.SIGTSTP, signal.SIGINT, signal.SIGQUIT, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)
    os.close(said)
    os.close(held)
    os.execvp(sys.argv[3], sys.argv[3:])
os.write(said, f"{child}\n".encode())
status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
os.write(said, f"{status}\n".encode())
os.read(held, 1)
