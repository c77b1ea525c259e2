#!/usr/bin/env bash
# unpack.sh [FOLDER]: Debian's Courier, Cyrus and GNU mailutils with their libraries, unpacked into a root of their own.
# Debian lets a machine have one IMAP server; unpacked ones neither conflict nor touch /etc. Needs fresh package lists.
set -euo pipefail
to=${1:-${TEST_MAIL_SERVERS:-/var/cache/torikomi-mail-servers}}
# libfaketime: half an hour of a server's silence in seconds.
servers=(courier-imap cyrus-imapd mailutils-imap4d libsasl2-modules-db tzdata libfaketime)
[ "$(cat "$to/complete" 2>/dev/null)" != "${servers[*]}" ] || { echo "$to is complete"; exit 0; }

# A machine on which nothing had to be installed may have no package lists.
sudo=''
[ "$(id -u)" = 0 ] || sudo=sudo
apt-cache show courier-imap >/dev/null 2>&1 || $sudo apt-get update -q
$sudo mkdir -p "$to" && $sudo chown "$(id -u)" "$to"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
: >"$work/nothing-installed"
for name in "${servers[@]}"; do
  apt-get -s -o Dir::State::status="$work/nothing-installed" -o APT::Install-Recommends=0 install "$name" |
    awk '/^Inst/ { print $2 }'
done |
  # Libraries and servers alone: no shell, no Perl, no mail transport runs in there.
  grep -E '^(lib|zlib|tzdata|courier|cyrus|mailutils|openssl-provider|gnutls-bin|netbase)' | grep -vE '^(libperl|libpython)' |
  sort -u >"$work/names"

mkdir "$work/debs"
# apt downloads as its own user, which may not write elsewhere.
chmod 755 "$work" && chmod 777 "$work/debs"
(cd "$work/debs" && xargs apt-get download -q <"$work/names")
rm -rf "$to"/*
mkdir -p "$to/root" "$to/run"
for deb in "$work"/debs/*.deb; do dpkg-deb -x "$deb" "$to/root"; done
# Debian's packages take /bin, /lib and /sbin for links into /usr; the package that makes them is not among these.
for dir in bin sbin lib lib64; do
  [ -e "$to/root/$dir" ] || ln -s "usr/$dir" "$to/root/$dir"
done
rm -rf "$to"/root/usr/share/{doc,man,locale,info,lintian} "$to"/root/usr/lib/*/gconv
echo "${servers[*]}" >"$to/complete"
du -sh "$to"
