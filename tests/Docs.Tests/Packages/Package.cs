namespace QatPipeline.Docs.Tests.Packages;

/// <summary>A package that the shipped programs contain.</summary>
/// <param name="Name">Its identifier.</param>
/// <param name="Version">Its version.</param>
/// <param name="License">SPDX expression.</param>
/// <param name="Project">Where it is made, or null.</param>
/// <param name="Sha512">Of the package file, in hexadecimal.</param>
/// <param name="Dependencies">Names of the packages it uses.</param>
internal sealed record Package(
    string Name, string Version, string License, string? Project, string Sha512, IReadOnlyList<string> Dependencies)
{
    /// <summary>Package URL (purl) of the package.</summary>
    public string Url => $"pkg:nuget/{Name}@{Version}";
}
