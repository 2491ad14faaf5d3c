using System.Reflection;
using QatPipeline.Runs.Artifacts;
using QatPipeline.Runs.Verification;

namespace QatPipeline.Runs.Tests.Verification;

/// <summary>What the verification calls foreign is nothing that we write ourselves.</summary>
public sealed class StoreNamesTests
{
    private const string Digest = "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef";

    // Prefixes and what was put aside are no blobs of their own.
    private static readonly string[] NoBlobs = [nameof(StorePaths.Checkpoints), nameof(StorePaths.Run), nameof(StorePaths.RunFiles)];

    public static TheoryData<string> Paths => [.. typeof(StorePaths).GetMethods(BindingFlags.Public | BindingFlags.Static)
        .Where(method => method.Name is not (nameof(StorePaths.DigestOf) or nameof(StorePaths.Quarantined)))
        .Where(method => !NoBlobs.Contains(method.Name))
        .Select(method => method.Name)];

    [Theory]
    [MemberData(nameof(Paths))]
    public void IsKnown_PathOfOurs_IsTrue(string method)
    {
        var path = typeof(StorePaths).GetMethod(method)!;
        var arguments = path.GetParameters().Select(parameter => parameter.ParameterType == typeof(int) ? 7 : (object)Digest).ToArray();

        Assert.True(StoreNames.IsKnown((string)path.Invoke(null, arguments)!));
    }

    [Theory]
    [InlineData("notes.txt")]
    [InlineData("gateway/keys/readme")]
    [InlineData("runs/first/extra.json")]
    public void IsKnown_AnythingElse_IsFalse(string name) => Assert.False(StoreNames.IsKnown(name));
}
