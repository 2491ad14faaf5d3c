namespace QatPipeline.Docs.Tests.Packages;

/// <summary>
/// The lists of dependencies are those of the restored packages, and all licences are ones the project can be shipped with.
/// </summary>
public sealed class PackageTests
{
    private static readonly string[] Permissive =
        ["MIT", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "MIT AND BSD-3-Clause", "Apache-2.0 OR MPL-2.0"];

    private static readonly Lazy<IReadOnlyList<Package>> Packages = new(PackageInventory.Read);

    [Fact]
    public void Licences_ArePermissive() =>
        Assert.All(Packages.Value,
            package => Assert.True(Permissive.Contains(package.License), $"{package.Name} has the licence '{package.License}'"));

    [Fact]
    public void ThirdParty_IsNotStale() => AssertCurrent("THIRD-PARTY.md", PackageDocuments.ThirdParty(Packages.Value));

    [Fact]
    public void BillOfMaterials_IsNotStale() =>
        AssertCurrent(Path.Combine("docs", "sbom.cdx.json"), PackageDocuments.BillOfMaterials(Packages.Value));

    private static void AssertCurrent(string name, string expected)
    {
        // The lists are of the form that builds everywhere: TorchSharp for the CPU.
        Assert.SkipUnless(
            Packages.Value.Any(package => package.Name == "TorchSharp-cpu"),
            "another TorchBackend is chosen in Directory.Local.props");
        var path = Path.Combine(TestData.RepositoryRoot, name);
        if (Environment.GetEnvironmentVariable("QAT_UPDATE_PACKAGES") is "1")
        {
            File.WriteAllText(path, expected);
        }

        Assert.True(File.Exists(path) && File.ReadAllText(path) == expected, $"{name} is stale: run eng/third-party.sh");
    }
}
