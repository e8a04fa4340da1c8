#!/bin/sh
# Puts GAN Studio, where it lies now, into your desktop's menu and among the programs that open your data:
#     ./add-to-menu.sh            again after the folder was moved
#     ./add-to-menu.sh --remove   takes it out
# It writes two files under ~/.local/share, for you alone, and nothing else.
set -eu
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
data=${XDG_DATA_HOME:-$HOME/.local/share}
entry=$data/applications/ganstudio.desktop
picture=$data/icons/hicolor/scalable/apps/ganstudio.svg

case ${1-} in
    '') ;;
    --remove)
        rm -f -- "$entry" "$picture"
        echo "GAN Studio is no longer in the menu."
        exit
        ;;
    *)
        echo "usage: $0 [--remove]" >&2
        exit 2
        ;;
esac

program="$here/GAN Studio"
if [ ! -x "$program" ]; then
    echo "$program is not there: run this file in the folder that GAN Studio was unpacked to" >&2
    exit 1
fi
# In a desktop entry a quoted path has its quotes, backticks, dollars and backslashes behind a backslash, every backslash is
# doubled once more, and so are per cent signs.
quoted=$(printf '%s' "$program" | sed -e 's/[\\"`$]/\\&/g' -e 's/\\/\\\\/g' -e 's/%/%%/g')
plain=$(printf '%s' "$program" | sed -e 's/\\/\\\\/g')
mkdir -p -- "$(dirname -- "$entry")" "$(dirname -- "$picture")"
while IFS= read -r line; do
    case $line in
        Exec=*) printf 'Exec="%s" open %%f\n' "$quoted" ;;
        TryExec=*) printf 'TryExec=%s\n' "$plain" ;;
        *) printf '%s\n' "$line" ;;
    esac
done <"$here/ganstudio.desktop" >"$entry.new"
mv -f -- "$entry.new" "$entry"
cp -- "$here/ganstudio.svg" "$picture"
echo "GAN Studio is in the menu. Take it out again with: $0 --remove"
