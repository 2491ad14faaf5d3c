using System.Xml.Linq;
using Microsoft.AspNetCore.DataProtection.Repositories;
using QatPipeline.Runs.Artifacts;

namespace QatPipeline.Gateway.Web;

/// <summary>
/// The keys that forms are signed with, kept in the storage: a form of one gateway is good for all, and after the next start.
/// </summary>
internal sealed class KeyRing(IBlobStore blobs) : IXmlRepository
{
    private const string Folder = "gateway/keys/";

    private volatile int _known;

    public IReadOnlyCollection<XElement> GetAllElements() => ReadAsync().GetAwaiter().GetResult();

    public void StoreElement(XElement element, string friendlyName) => StoreAsync(element).GetAwaiter().GetResult();

    private async Task<List<XElement>> ReadAsync()
    {
        var elements = new List<XElement>();
        await foreach (var name in blobs.ListAsync(Folder, CancellationToken.None))
        {
            if (await blobs.ReadAsync(name, CancellationToken.None) is { } blob)
            {
                using var content = new MemoryStream(blob.Content);
                elements.Add(XElement.Load(content));
            }
        }

        _known = elements.Count;
        return elements;
    }

    // Gateways that start together each make a first key, and would then sign with one that the others do not know: the name says how many
    // were known before, and whoever is late takes the key that it finds there.
    private async Task StoreAsync(XElement element)
    {
        using var content = new MemoryStream();
        element.Save(content);
        content.Position = 0;
        await blobs.TryCreateAsync($"{Folder}{_known:D4}.xml", content, CancellationToken.None);
    }
}
