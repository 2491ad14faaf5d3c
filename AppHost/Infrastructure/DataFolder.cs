using System.Security.Cryptography;
using System.Text;

namespace QatPipeline.AppHost.Infrastructure;

/// <summary>
/// What broker and storage keep from one run to the next: <c>.qat/data</c> in the repository, or the folder that <c>QAT_DATA</c> names.
/// </summary>
internal static class DataFolder
{
    private const int SecretLength = 32;

    public static string Root { get; } = Path.GetFullPath(Environment.GetEnvironmentVariable("QAT_DATA") is { Length: > 0 } folder
        ? folder
        : Path.Combine(RepositoryRoot(), ".qat", "data"));

    public static RememberedPorts Ports { get; } = new(PathOf("ports.json"));

    /// <summary>The full path of a file or folder; the folder above it exists.</summary>
    public static string PathOf(params string[] parts)
    {
        var path = Path.Combine([Root, .. parts]);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        return path;
    }

    /// <summary>The full path of a folder, which exists.</summary>
    public static string FolderOf(params string[] parts) => Directory.CreateDirectory(PathOf(parts)).FullName;

    /// <summary>A password that was drawn at the first run, readable for its user only.</summary>
    public static string Secret(string name)
    {
        if (!File.Exists(PathOf(name)))
        {
            WritePrivate(name, RandomNumberGenerator.GetHexString(SecretLength, lowercase: true));
        }

        return File.ReadAllText(PathOf(name));
    }

    /// <summary>Writes a file that only its user can read.</summary>
    public static void WritePrivate(string name, string content)
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using var stream = new FileStream(PathOf(name), options);
        stream.Write(Encoding.UTF8.GetBytes(content));
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
}
