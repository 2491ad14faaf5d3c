namespace QatPipeline.Cli.Remote;

/// <summary>
/// Where the gateway is and what it wants to be shown: the option, the environment, or what the AppHost wrote down when it started.
/// </summary>
internal static class GatewayAddress
{
    public static Option<Uri?> CreateOption() => new("--gateway")
    {
        Description = "The gateway's address; default: QAT_GATEWAY, else that of the system started from this folder",
        HelpName = "URL",
        CustomParser = result => Uri.TryCreate(result.Tokens[0].Value, UriKind.Absolute, out var address) ? address : null,
    };

    /// <exception cref="GatewayException">None is known.</exception>
    public static Uri Resolve(Uri? option)
    {
        var known = option?.AbsoluteUri ?? Variable("QAT_GATEWAY") ?? WrittenDown("gateway.url");
        return Uri.TryCreate(known, UriKind.Absolute, out var address)
            ? new Uri(address, "/")
            : throw new GatewayException(
                "No gateway is known: start the system with './qat up', or name one with --gateway or QAT_GATEWAY.");
    }

    /// <summary>The key for the gateway there, or null: that of the system started from this folder is told to no other gateway.</summary>
    public static string? KeyFor(Uri gateway) => Variable("QAT_API_KEY") ?? (IsOwn(gateway) ? WrittenDown("gateway.token") : null);

    private static bool IsOwn(Uri gateway) => Uri.TryCreate(WrittenDown("gateway.url"), UriKind.Absolute, out var own) && own == gateway;

    /// <summary>What the system started from this folder wrote into a file of its data folder; null where it did not.</summary>
    public static string? WrittenDown(string name)
    {
        var file = Path.Combine(Variable("QAT_DATA") ?? Path.Combine(RepositoryRoot(), ".qat", "data"), name);
        return File.Exists(file) ? File.ReadAllText(file).Trim() : null;
    }

    private static string RepositoryRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "QatPipeline.sln")))
            {
                return folder.FullName;
            }
        }

        return Directory.GetCurrentDirectory();
    }

    private static string? Variable(string name) => Environment.GetEnvironmentVariable(name) is { Length: > 0 } value ? value : null;
}
