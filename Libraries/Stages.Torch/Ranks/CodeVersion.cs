using System.Reflection;
using System.Security.Cryptography;
using System.Text;

namespace QatPipeline.Stages.Torch.Ranks;

/// <summary>The build that a process runs: ranks of different ones would not compute the same.</summary>
internal static class CodeVersion
{
    /// <summary>The variable of a rank's environment that holds its stage's.</summary>
    public const string Variable = "QAT_CODE_VERSION";

    private const string OwnAssemblies = "QatPipeline.";
    private const int Digits = 16;

    /// <summary>Digest of the training code's modules.</summary>
    public static string Own { get; } = Compute();

    /// <summary>Makes sure that this rank runs the code of its stage.</summary>
    /// <exception cref="RankException">It runs another build.</exception>
    public static void RequireSame()
    {
        if (Environment.GetEnvironmentVariable(Variable) is var version && version != Own)
        {
            throw new RankException(
                $"{AppContext.BaseDirectory} on {Environment.MachineName} has version {Own} of the code, and the stage that trains runs {version}: "
                + "install the same build everywhere, and start again what has run since before it was replaced.");
        }
    }

    // The compiler makes the id of a module from its content.
    private static string Compute()
    {
        var modules = new SortedDictionary<string, Guid>(StringComparer.Ordinal);
        Visit(typeof(CodeVersion).Assembly);
        return Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', modules))))[..Digits];

        void Visit(Assembly assembly)
        {
            if (modules.TryAdd(assembly.GetName().Name!, assembly.ManifestModule.ModuleVersionId))
            {
                foreach (var name in assembly.GetReferencedAssemblies().Where(name => IsOwn(name.Name!)))
                {
                    Visit(Assembly.Load(name));
                }
            }
        }
    }

    private static bool IsOwn(string assembly) => assembly.StartsWith(OwnAssemblies, StringComparison.Ordinal);
}
