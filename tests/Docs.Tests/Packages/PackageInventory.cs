using System.Text.Json;
using System.Xml.Linq;

namespace QatPipeline.Docs.Tests.Packages;

/// <summary>
/// The packages of the shipped programs, from what restoring them wrote (project.assets.json) and from the packages themselves.
/// </summary>
internal static class PackageInventory
{
    private const string CorefxLicense = "https://github.com/dotnet/corefx/blob/master/LICENSE.TXT";

    /// <summary>Every package of the command line, the services and the AppHost, by name.</summary>
    public static IReadOnlyList<Package> Read()
    {
        var packages = new SortedDictionary<string, Package>(StringComparer.OrdinalIgnoreCase);
        foreach (var assets in Programs().Select(folder => Path.Combine(folder, "obj", "project.assets.json")))
        {
            using var document = JsonDocument.Parse(File.ReadAllBytes(assets));
            var root = document.RootElement;
            var folders = root.GetProperty("packageFolders").EnumerateObject().Select(folder => folder.Name).ToArray();
            var libraries = root.GetProperty("libraries");
            foreach (var target in root.GetProperty("targets").EnumerateObject().SelectMany(framework => framework.Value.EnumerateObject()))
            {
                if (target.Value.GetProperty("type").GetString() == "package")
                {
                    var parts = target.Name.Split('/');
                    packages[parts[0]] = Read(parts[0], parts[1], libraries.GetProperty(target.Name), target.Value, folders);
                }
            }
        }

        return [.. packages.Values];
    }

    private static IEnumerable<string> Programs() =>
        Directory.GetDirectories(Path.Combine(TestData.RepositoryRoot, "Services"))
            .Where(folder => Directory.GetFiles(folder, "*.csproj").Length > 0)
            .Append(Path.Combine(TestData.RepositoryRoot, "Cli"))
            .Append(Path.Combine(TestData.RepositoryRoot, "AppHost"));

    private static Package Read(string name, string version, JsonElement library, JsonElement target, string[] folders)
    {
        var folder = folders.Select(root => Path.Combine(root, library.GetProperty("path").GetString()!)).First(Directory.Exists);
        var metadata = XDocument.Load(Directory.GetFiles(folder, "*.nuspec").Single())
            .Descendants().First(element => element.Name.LocalName == "metadata");
        string? Value(string element) => metadata.Elements().FirstOrDefault(child => child.Name.LocalName == element)?.Value.Trim();
        return new Package(
            name,
            version,
            LicenseOf(metadata, folder)
                ?? throw new InvalidOperationException($"The licence of {name} {version} is not recognized: look at {folder}."),
            metadata.Elements().FirstOrDefault(child => child.Name.LocalName == "repository")?.Attribute("url")?.Value
                ?? Value("projectUrl"),
            Convert.ToHexStringLower(Convert.FromBase64String(library.GetProperty("sha512").GetString()!)),
            target.TryGetProperty("dependencies", out var dependencies)
                ? [.. dependencies.EnumerateObject().Select(dependency => dependency.Name)]
                : []);
    }

    /// <summary>The expression the package states; where it states a file or an address, what that is.</summary>
    private static string? LicenseOf(XElement metadata, string folder)
    {
        var license = metadata.Elements().FirstOrDefault(child => child.Name.LocalName == "license");
        if (license?.Attribute("type")?.Value == "expression")
        {
            return license.Value.Trim();
        }

        if (license is null)
        {
            return metadata.Elements().FirstOrDefault(child => child.Name.LocalName == "licenseUrl")?.Value == CorefxLicense ? "MIT" : null;
        }

        var text = File.ReadAllText(Path.Combine(folder, license.Value.Trim()));
        return text switch
        {
            _ when text.Contains("Apache License", StringComparison.Ordinal) && text.Contains("Version 2.0", StringComparison.Ordinal) =>
                "Apache-2.0",
            _ when text.Contains("MIT License", StringComparison.Ordinal) => "MIT",
            _ when text.Contains("Redistribution and use in source and binary forms", StringComparison.Ordinal) =>
                text.Contains("Neither the name", StringComparison.OrdinalIgnoreCase) ? "BSD-3-Clause" : "BSD-2-Clause",
            _ => null,
        };
    }
}
