namespace QatPipeline.Cli.Remote;

/// <summary>Where the gateway is: the option, the environment, or what the AppHost wrote down when it started.</summary>
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
        var known = option?.AbsoluteUri ?? NotEmpty(Environment.GetEnvironmentVariable("QAT_GATEWAY")) ?? WrittenDown();
        return Uri.TryCreate(known, UriKind.Absolute, out var address)
            ? new Uri(address, "/")
            : throw new GatewayException(
                "No gateway is known: start the system with './qat up', or name one with --gateway or QAT_GATEWAY.");
    }

    private static string? WrittenDown()
    {
        var data = NotEmpty(Environment.GetEnvironmentVariable("QAT_DATA")) ?? Path.Combine(RepositoryRoot(), ".qat", "data");
        var file = Path.Combine(data, "gateway.url");
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

    private static string? NotEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
