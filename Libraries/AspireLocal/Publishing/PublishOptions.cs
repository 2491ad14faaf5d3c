using Microsoft.Extensions.Configuration;

namespace QatPipeline.AspireLocal.Publishing;

/// <summary>The command line's wish for a manifest.</summary>
/// <param name="OutputPath">The file to write.</param>
internal sealed record PublishOptions(string OutputPath)
{
    /// <summary>
    /// Understands <c>--publisher manifest --output-path FILE</c> and <c>--operation publish --step publish-manifest --output-path
    /// FILE</c>; null where the application is to run.
    /// </summary>
    public static PublishOptions? FromArguments(string[] args)
    {
        var options = new ConfigurationBuilder().AddCommandLine(args).Build();
        return options["publisher"] is "manifest" || options["operation"] is "publish"
            ? new PublishOptions(Path.GetFullPath(options["output-path"] ?? "aspire-manifest.json"))
            : null;
    }
}
