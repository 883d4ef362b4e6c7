# Sourced by the scripts: sets $python to a Python 3.11 to 3.13.
python=
for name in python3 python3.13 python3.12 python3.11 python; do
    if "$name" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null; then
        python=$name
        break
    fi
done
if [ -z "$python" ]; then
    echo "omnisonic: no Python 3.11, 3.12 or 3.13 on the PATH; install one, for example with your package manager" >&2
    exit 1
fi
