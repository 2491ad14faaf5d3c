#!/usr/bin/env bash
# Writes QatPipeline.sln anew from the projects in the tree: merging two branches' edits of it by hand goes wrong.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cd "$root"
rm -f QatPipeline.sln
dotnet new sln -n QatPipeline --format sln >/dev/null

# One solution folder for each top folder: nested ones clash where a project lies inside another project's folder.
projects=$(git ls-files --cached --others --exclude-standard '*.csproj' | sort)
for top in $(cut -d/ -f1 <<<"$projects" | sort -u); do
  grep "^$top/" <<<"$projects" | xargs dotnet sln QatPipeline.sln add --solution-folder "$top" >/dev/null
done

# The projects know one platform; the tool writes three.
sed -i -E '/\|x(64|86)( |\.|$)/d' QatPipeline.sln
