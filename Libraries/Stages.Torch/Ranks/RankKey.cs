using System.Security.Cryptography;
using System.Text;

namespace QatPipeline.Stages.Torch.Ranks;

/// <summary>
/// What a stage and its ranks know each other by: a secret of the training, in the environment of the ranks. Each proves to the other that
/// it has it (HMAC-SHA256 of a question of either side), without sending it.
/// </summary>
internal sealed class RankKey
{
    private const string Variable = "QAT_RANK_KEY";
    private const int Length = 32;

    private readonly byte[] _secret;

    private RankKey(byte[] secret) => _secret = secret;

    public static RankKey Create() => new(RandomNumberGenerator.GetBytes(Length));

    public static RankKey FromEnvironment() => new(Convert.FromHexString(Environment.GetEnvironmentVariable(Variable) ?? ""));

    public void PassOn(IDictionary<string, string?> environment) => environment[Variable] = Convert.ToHexString(_secret);

    /// <summary>The stage's side.</summary>
    /// <returns>Whether the other has the secret.</returns>
    public async Task<bool> AdmitAsync(Stream stream, CancellationToken cancellationToken)
    {
        var question = RandomNumberGenerator.GetBytes(Length);
        await stream.WriteAsync(question, cancellationToken);
        var reply = new byte[2 * Length];
        await stream.ReadExactlyAsync(reply, cancellationToken);
        var other = reply[..Length];
        if (!CryptographicOperations.FixedTimeEquals(reply.AsSpan(Length), Answer("rank", question, other)))
        {
            return false;
        }

        await stream.WriteAsync(Answer("stage", question, other), cancellationToken);
        return true;
    }

    /// <summary>The rank's side.</summary>
    /// <returns>Whether the other has the secret.</returns>
    public async Task<bool> EnterAsync(Stream stream, CancellationToken cancellationToken)
    {
        var question = new byte[Length];
        await stream.ReadExactlyAsync(question, cancellationToken);
        var own = RandomNumberGenerator.GetBytes(Length);
        await stream.WriteAsync((byte[])[.. own, .. Answer("rank", question, own)], cancellationToken);
        var reply = new byte[Length];
        await stream.ReadExactlyAsync(reply, cancellationToken);
        return CryptographicOperations.FixedTimeEquals(reply, Answer("stage", question, own));
    }

    private byte[] Answer(string side, byte[] stageQuestion, byte[] rankQuestion) =>
        HMACSHA256.HashData(_secret, (byte[])[.. Encoding.ASCII.GetBytes(side), .. stageQuestion, .. rankQuestion]);
}
