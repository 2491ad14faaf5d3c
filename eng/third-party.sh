#!/usr/bin/env bash
# Writes THIRD-PARTY.md and docs/sbom.cdx.json anew from the restored packages: after every change of Directory.Packages.props.
set -euo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
source "$root/eng/common.sh"
build_if_changed docs-tests tests/Docs.Tests/Docs.Tests.csproj
QAT_UPDATE_PACKAGES=1 "$root/tests/Docs.Tests/bin/Release/net10.0/linux-x64/QatPipeline.Docs.Tests" -class '*PackageTests' -noLogo
