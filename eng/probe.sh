# Sourced by setup.sh: MSBuild cannot ask a feed what it has, so setup asks once and writes the answer for MSBuild.

# feed_has KIND PACKAGE VERSION: whether a restore finds the package. KIND is PackageDownload (the package alone) or
# PackageReference (with everything that it depends on).
feed_has() {
  local scratch result=0
  scratch=$(mktemp -d)
  local version=$3
  [ "$1" = PackageReference ] || version="[$3]"
  cat >"$scratch/probe.csproj" <<XML
<Project Sdk="Microsoft.NET.Sdk">
  <PropertyGroup><TargetFramework>net10.0</TargetFramework></PropertyGroup>
  <ItemGroup><$1 Include="$2" Version="$version" /></ItemGroup>
</Project>
XML
  dotnet restore "$scratch/probe.csproj" -v quiet >>"$log" 2>&1 7>&- || result=1
  rm -rf "$scratch"
  return "$result"
}

# write_local_props ASPIRE_VERSION
write_local_props() {
  export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1
  local hosting=local torch=cpu torch_version
  torch_version=$(sed -n 's:.*<TorchSharpVersion>\(.*\)</TorchSharpVersion>.*:\1:p' "$root/Directory.Packages.props")
  if feed_has PackageDownload Aspire.Hosting "$1"; then hosting=package; fi
  # Gigabytes that only a GPU can use: asked for only where there is one.
  if [ -e /dev/nvidiactl ] && feed_has PackageReference TorchSharp-cuda-linux "$torch_version"; then torch=cuda; fi
  cat >"$root/Directory.Local.props" <<XML
<Project>
  <!-- Written by ./qat setup from what the package feed has. Delete the file to have it asked again. -->
  <PropertyGroup>
    <AspireHosting Condition="'\$(AspireHosting)' == ''">$hosting</AspireHosting>
    <TorchBackend Condition="'\$(TorchBackend)' == ''">$torch</TorchBackend>
  </PropertyGroup>
</Project>
XML
  say "Aspire.Hosting: $hosting, TorchSharp: $torch (Directory.Local.props)"
}
