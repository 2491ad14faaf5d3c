using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace QatPipeline.AspireLocal.Dcp;

/// <summary>How to reach the orchestrator, as it has written it down.</summary>
internal sealed record DcpKubeconfig(Uri Server, X509Certificate2 Authority, string Token)
{
    /// <summary>
    /// Reads the file, whose lines look like <c>server: https://127.0.0.1:39743</c>. Null while it is missing or only half written.
    /// </summary>
    public static DcpKubeconfig? TryRead(string path)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        var values = File.ReadLines(path)
            .Select(line => line.TrimStart(' ', '-').Split(": ", 2))
            .Where(pair => pair.Length == 2)
            .GroupBy(pair => pair[0], pair => pair[1].Trim().Trim('"'))
            .ToDictionary(pair => pair.Key, pair => pair.First());
        return values.TryGetValue("server", out var server)
            && values.TryGetValue("certificate-authority-data", out var authority)
            && values.TryGetValue("token", out var token)
                ? new DcpKubeconfig(
                    new Uri(server),
                    X509Certificate2.CreateFromPem(Encoding.ASCII.GetString(Convert.FromBase64String(authority))),
                    token)
                : null;
    }
}
