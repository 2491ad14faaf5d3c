#!/usr/bin/env bash
# Writes QatPipeline.sln anew from the projects in the tree: merging two branches' edits of it by hand goes wrong.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
rm -f QatPipeline.sln
dotnet new sln -n QatPipeline --format sln >/dev/null
git ls-files -z --cached --others --exclude-standard '*.csproj' | sort -z | xargs -0 dotnet sln QatPipeline.sln add >/dev/null
