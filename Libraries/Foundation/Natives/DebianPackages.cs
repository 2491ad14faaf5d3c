namespace QatPipeline.Foundation.Natives;

/// <summary>Which package of Debian and Ubuntu brings a shared library.</summary>
internal static class DebianPackages
{
    private static readonly Dictionary<string, string> ByFile = new(StringComparer.Ordinal)
    {
        ["libc.so.6"] = "libc6",
        ["libcuda.so.1"] = "libcuda1",
        ["libexpat.so.1"] = "libexpat1",
        ["libfontconfig.so.1"] = "libfontconfig1",
        ["libfreetype.so.6"] = "libfreetype6",
        ["libgcc_s.so.1"] = "libgcc-s1",
        ["libgdk-3.so.0"] = "libgtk-3-0",
        ["libGL.so.1"] = "libgl1",
        ["libglib-2.0.so.0"] = "libglib2.0-0",
        ["libgomp.so.1"] = "libgomp1",
        ["libgtk-3.so.0"] = "libgtk-3-0",
        ["libmpich.so.12"] = "libmpich12",
        ["libnuma.so.1"] = "libnuma1",
        ["libpng16.so.16"] = "libpng16-16",
        ["libssl.so.3"] = "libssl3",
        ["libstdc++.so.6"] = "libstdc++6",
        ["libuuid.so.1"] = "libuuid1",
        ["libX11.so.6"] = "libx11-6",
        ["libz.so.1"] = "zlib1g",
    };

    /// <summary>How to get the files: the packages to install, and for unknown files the way to find theirs.</summary>
    public static string Remedy(IReadOnlyList<string> files)
    {
        var packages = string.Join(' ', files.Where(ByFile.ContainsKey).Select(file => ByFile[file]).Distinct());
        var ways = files.Where(file => !ByFile.ContainsKey(file))
            .Select(file => $"'apt-file search {file}' tells which package has {file} (apt-get install apt-file && apt-file update)");
        return string.Join("; ", packages.Length > 0 ? ways.Prepend($"as root: apt-get install {packages}") : ways);
    }
}
