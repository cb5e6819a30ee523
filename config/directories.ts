const OF_THE_SYSTEM =
  /^\/(?:(?:bin|boot|dev|etc|lib\w*|proc|sbin|sys|usr\/(?:s?bin|lib\w*|share))(?:\/.*)?|usr|var|opt|srv|home)?$/;

/** `/` and what the machine itself lives from. Below /usr/local, /opt, /srv, /var and /home is room for people. */
export function isOfTheSystem(path: string): boolean {
  return OF_THE_SYSTEM.test(path) && !path.startsWith('/dev/shm/');
}
