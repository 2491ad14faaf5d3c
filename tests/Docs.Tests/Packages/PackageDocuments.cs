using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace QatPipeline.Docs.Tests.Packages;

/// <summary>
/// What the repository says about its dependencies: THIRD-PARTY.md for people, docs/sbom.cdx.json (CycloneDX) for programs.
/// </summary>
internal static class PackageDocuments
{
    private static readonly JsonSerializerOptions Json = new()
    {
        WriteIndented = true,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static string ThirdParty(IReadOnlyList<Package> packages)
    {
        var text = new StringBuilder(
            """
            # Third-party packages

            What the shipped programs contain, generated from the restored packages by `eng/third-party.sh`. Packages of tests and benchmarks are not
            shipped. `./qat setup` installs besides, as programs of their own: RabbitMQ (MPL-2.0), Azurite (MIT), Node.js (MIT),
            and Chromium (BSD-3-Clause) for tests.

            | package | version | licence | project |
            |---|---|---|---|

            """);
        foreach (var package in packages)
        {
            text.Append("| ").Append(package.Name).Append(" | ").Append(package.Version).Append(" | ").Append(package.License)
                .Append(" | ").Append(package.Project).Append(" |\n");
        }

        return text.ToString();
    }

    public static string BillOfMaterials(IReadOnlyList<Package> packages)
    {
        var urls = packages.ToDictionary(package => package.Name, package => package.Url, StringComparer.OrdinalIgnoreCase);
        var document = new Dictionary<string, object>
        {
            ["bomFormat"] = "CycloneDX",
            ["specVersion"] = "1.6",
            ["version"] = 1,
            ["metadata"] = new
            {
                component = new Dictionary<string, object>
                {
                    ["type"] = "application",
                    ["bom-ref"] = "qatpipeline",
                    ["name"] = "QatPipeline",
                    ["licenses"] = Licenses("Apache-2.0"),
                },
            },
            ["components"] = packages.Select(package => new Dictionary<string, object>
            {
                ["type"] = "library",
                ["bom-ref"] = package.Url,
                ["name"] = package.Name,
                ["version"] = package.Version,
                ["hashes"] = new[] { new { alg = "SHA-512", content = package.Sha512 } },
                ["licenses"] = Licenses(package.License),
                ["purl"] = package.Url,
            }),
            ["dependencies"] = packages.Select(package => new Dictionary<string, object>
            {
                ["ref"] = package.Url,
                ["dependsOn"] = package.Dependencies.Where(urls.ContainsKey).Select(name => urls[name]).Order(StringComparer.Ordinal),
            }),
        };
        return JsonSerializer.Serialize(document, Json) + "\n";
    }

    // CycloneDX: a single identifier is an id, anything else an expression.
    private static object[] Licenses(string license) =>
        license.Contains(' ', StringComparison.Ordinal) ? [new { expression = license }] : [new { license = new { id = license } }];
}
